/** The log page. */
export const EN_PAGE_LOGS = {
  'logs.empty': 'No records match',
} as const;
