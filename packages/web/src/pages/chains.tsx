export { ChainListPage as Page } from '../chains/chain-list-page.tsx';
