export { MapPage as Page } from '../traces/services/map-page.tsx';
