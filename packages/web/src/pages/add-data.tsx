export { AddDataPage as Page } from '../data/add-data-page.tsx';
