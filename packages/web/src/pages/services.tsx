export { ServicesPage as Page } from '../traces/services/services-page.tsx';
