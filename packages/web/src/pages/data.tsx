export { DataPage as Page } from '../data/data-page.tsx';
