/** Downloads. */
import { LOG_EXPORT, logExportRequestSchema, type ExportFormat } from '@tendril/api/log-export';
import type { MediaType } from '@tendril/api/route';
import { Failure } from '@tendril/model/failure';
import { exportLogs } from '../logs/export.ts';
import { downloadResponse, safeFilename } from './download-response.ts';
import type { HttpDependencies } from './http-dependencies.ts';
import { logProblem, type Mount } from './mount.ts';
import { queryInput } from './request-input.ts';

const MEDIA_TYPES: Readonly<Record<ExportFormat, MediaType>> = {
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
  txt: 'text/plain',
  parquet: 'application/vnd.apache.parquet',
};

export function mountLogExport(mount: Mount, { reader, logger }: HttpDependencies): void {
  mount(LOG_EXPORT, async ({ request, url, signal }) => {
    refuseForeignLinks(request);
    const input = queryInput(url, logExportRequestSchema);
    return await downloadResponse({
      open: (leaving) => exportLogs(reader, input, { signal: leaving }),
      signal,
      mediaType: MEDIA_TYPES[input.format],
      filename: safeFilename(input.filename, input.format),
      onError: (error) => logProblem(error, LOG_EXPORT, logger),
    });
  });
}

/** A page of another site could not read the answer, but make us work for it with an image. */
function refuseForeignLinks(request: Request): void {
  if (request.headers.get('sec-fetch-site') !== 'cross-site') return;
  throw new Failure({
    code: 'forbidden_origin',
    detail: 'a page of another site may not start an export here',
  });
}
