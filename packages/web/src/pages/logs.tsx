export { LogsPage as Page } from '../logs/logs-page.tsx';
