/** What a person chose for this browser, and which server this is. */
import type { ReactElement, ReactNode } from 'react';
import { setPreferences, usePreference } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import { useSession, useSessionChanges } from '../lib/use-session.ts';
import { useStatus } from '../lib/use-status.ts';
import { dateTimeText, zoneName } from '../lib/zone-time.ts';

export function SettingsPage(): ReactElement {
  const { text } = useText();
  return (
    <div className="settings">
      <div className="settings-content">
        <h1>{text('settings.title')}</h1>
        <Look />
        <p className="dim">{text('settings.stays')}</p>
        <Server />
      </div>
    </div>
  );
}

function Look(): ReactElement {
  const { text } = useText();
  const theme = usePreference('theme');
  const language = usePreference('language');
  const density = usePreference('density');
  const shortcuts = usePreference('shortcuts');
  const zone = usePreference('zone');
  return (
    <section aria-labelledby="settings-look">
      <h2 id="settings-look">{text('settings.look')}</h2>
      <Choice
        label={text('settings.theme')}
        value={theme}
        options={[
          { value: 'system', label: text('settings.theme.system') },
          { value: 'light', label: text('settings.theme.light') },
          { value: 'dark', label: text('settings.theme.dark') },
        ]}
        onChange={(value) => setPreferences({ theme: value })}
      />
      <Choice
        label={text('settings.language')}
        value={language}
        options={[
          { value: 'auto', label: text('settings.language.auto') },
          { value: 'en', label: 'English' },
          { value: 'zh', label: '简体中文' },
        ]}
        onChange={(value) => setPreferences({ language: value })}
      />
      <Choice
        label={text('settings.density')}
        value={density}
        options={[
          { value: 'compact', label: text('settings.density.compact') },
          { value: 'comfortable', label: text('settings.density.comfortable') },
        ]}
        onChange={(value) => setPreferences({ density: value })}
      />
      <Choice
        label={text('settings.zone')}
        value={zone}
        options={[
          {
            value: 'browser',
            label: text('settings.zone.browser', { zone: zoneName('browser') }),
          },
          { value: 'UTC', label: 'UTC' },
          { value: 'Asia/Shanghai', label: 'Asia/Shanghai' },
        ].filter(({ value }) => value !== zoneName('browser'))}
        onChange={(value) => setPreferences({ zone: value })}
      />
      <Choice
        label={text('settings.shortcuts')}
        value={shortcuts ? 'on' : 'off'}
        options={[
          { value: 'on', label: text('settings.on') },
          { value: 'off', label: text('settings.off') },
        ]}
        onChange={(value) => setPreferences({ shortcuts: value === 'on' })}
      />
    </section>
  );
}

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly onChange: (value: Value) => void;
}

function Choice<Value extends string>(props: ChoiceProps<Value>): ReactElement {
  const { label, value, options, onChange } = props;
  return (
    <Row label={label}>
      <div className="choice" role="group" aria-label={label}>
        {options.map((option) => (
          <button
            key={option.value}
            type="button"
            className="button small"
            aria-pressed={option.value === value}
            onClick={() => onChange(option.value)}
          >
            {option.label}
          </button>
        ))}
      </div>
    </Row>
  );
}

function Row({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <div className="settings-row">
      <span className="dim-2">{label}</span>
      <div>{children}</div>
    </div>
  );
}

function Server(): ReactElement | null {
  const { text } = useText();
  const { signOut } = useSessionChanges();
  const zone = usePreference('zone');
  const { data } = useStatus();
  const session = useSession();
  if (!data) return null;
  const { version, startedAt, access } = data.status;
  const startedNs = BigInt(Date.parse(startedAt)) * 1_000_000n;
  const name = session.data?.name ?? '';
  return (
    <section aria-labelledby="settings-server">
      <h2 id="settings-server">{text('settings.server')}</h2>
      <Row label={text('settings.version')}>{version}</Row>
      <Row label={text('settings.started')}>{dateTimeText(startedNs, zone, 'second')}</Row>
      <Row label={text('settings.access')}>
        {text(access === 'open' ? 'settings.access.open' : 'settings.access.tokens')}
        {name !== '' && (
          <>
            {' · '}
            {text('settings.signedIn', { name })}{' '}
            <button type="button" className="button small" onClick={() => void signOut()}>
              {text('login.out')}
            </button>
          </>
        )}
      </Row>
    </section>
  );
}
