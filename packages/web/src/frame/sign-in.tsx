/** Lets through when the server is open or knows the browser; asks for a token otherwise. */
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactElement, type ReactNode } from 'react';
import { Logo } from '../components/icon.tsx';
import { FailureNote } from '../components/failure-note.tsx';
import { useText } from '../lib/text.tsx';
import { useSession, useSessionChanges } from '../lib/use-session.ts';

export function SignIn({ children }: { readonly children: ReactNode }): ReactElement {
  const { data, error, refetch } = useSession();
  if (error) return <FailureNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <div aria-busy="true" />;
  return data.open || data.scopes.length > 0 ? <>{children}</> : <TokenForm />;
}

function TokenForm(): ReactElement {
  const { text } = useText();
  const changes = useSessionChanges();
  const [token, setToken] = useState('');
  const signIn = useMutation({
    mutationFn: async () => await changes.signIn(token.trim()),
  });
  return (
    <main className="login">
      <Logo />
      <h1>{text('login.title')}</h1>
      <p className="dim-2">{text('login.explain')}</p>
      <pre className="code">tendril token create browser --scope read</pre>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          signIn.mutate();
        }}
        style={{ display: 'flex', gap: 8 }}
      >
        <input
          className="field"
          type="password"
          autoComplete="current-password"
          aria-label={text('login.token')}
          placeholder={text('login.token')}
          value={token}
          onChange={({ currentTarget }) => setToken(currentTarget.value)}
        />
        <button
          type="submit"
          className="button primary"
          disabled={token.trim() === '' || signIn.isPending}
        >
          {text('login.submit')}
        </button>
      </form>
      {signIn.error && <FailureNote error={signIn.error} />}
    </main>
  );
}
