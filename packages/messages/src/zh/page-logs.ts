/** 日志页。 */
import type { EN_PAGE_LOGS } from '../en/page-logs.ts';

export const ZH_PAGE_LOGS: Readonly<Record<keyof typeof EN_PAGE_LOGS, string>> = {
  'logs.empty': '没有匹配的日志',
};
