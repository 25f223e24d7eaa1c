/** Downloads. */
import { LOG_EXPORT, logExportRequestSchema, type ExportFormat } from '@tendril/api/log-export';
import type { MediaType } from '@tendril/api/route';
import { exportLogs } from '../logs/export.ts';
import { downloadResponse, safeFilename } from './download-response.ts';
import { refuseForeignLinks } from './foreign-links.ts';
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
