export { TracesPage as Page } from '../traces/traces-page.tsx';
