import '@mantine/core/styles.layer.css';
import './styles/tokens.css';
import './styles/base.css';
import { createRoot } from 'react-dom/client';
import { config } from 'zod';
import { App } from './app.tsx';

// The content security policy forbids making code at run time, which zod would try.
config({ jitless: true });

const place = document.getElementById('app');
if (place) createRoot(place).render(<App />);
