export { ServicePage as Page } from '../traces/services/service-page.tsx';
