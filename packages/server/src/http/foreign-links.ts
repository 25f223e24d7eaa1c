import { Failure } from '@tendril/model/failure';

/** A page of another site could not read the answer, but make us work for it with an image. */
export function refuseForeignLinks(request: Request): void {
  if (request.headers.get('sec-fetch-site') !== 'cross-site') return;
  throw new Failure({
    code: 'forbidden_origin',
    detail: 'a page of another site may not start an export here',
  });
}
