export { ReferencePage as Page } from '../reference/reference-page.tsx';
