export { ComparePage as Page } from '../traces/compare-page.tsx';
