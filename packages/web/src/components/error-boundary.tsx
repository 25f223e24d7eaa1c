/** A page that throws while it draws costs itself, not the frame around it. */
import { Component, type ErrorInfo, type ReactElement, type ReactNode } from 'react';
import { useText } from '../lib/text.tsx';

interface BoundaryProps {
  readonly children: ReactNode;
}

export class ErrorBoundary extends Component<BoundaryProps, { readonly error: unknown }> {
  override readonly state: { readonly error: unknown } = { error: undefined };

  static getDerivedStateFromError(error: unknown): { readonly error: unknown } {
    return { error };
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    // oxlint-disable-next-line no-console -- the place where whoever looks for the cause looks first
    console.error(error, info.componentStack);
  }

  override render(): ReactNode {
    return this.state.error === undefined ? (
      this.props.children
    ) : (
      <Failed error={this.state.error} />
    );
  }
}

function Failed({ error }: { readonly error: unknown }): ReactElement {
  const { text } = useText();
  return (
    <div className="empty-page" role="alert">
      <h1>{text('page.failed')}</h1>
      <p className="dim-2">{text('page.failed.hint')}</p>
      <pre className="code">{String(error)}</pre>
      <button type="button" className="button" onClick={() => globalThis.location.reload()}>
        {text('page.reload')}
      </button>
    </div>
  );
}
