export { SettingsPage as Page } from '../settings/settings-page.tsx';
