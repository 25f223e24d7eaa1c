export { TracePage as Page } from '../traces/trace-page.tsx';
