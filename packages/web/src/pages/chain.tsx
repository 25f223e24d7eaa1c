export { ChainPage as Page } from '../chains/chain-page.tsx';
