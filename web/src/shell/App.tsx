import { Component, type ErrorInfo, type ReactNode, Suspense, useEffect, useState } from "react";
import { Link, Redirect, Route, Switch } from "wouter";
import { setClock } from "../api/clock";
import { listen, queries } from "../api/live";
import { type Session, useSession } from "../api/session";
import { Fault, Waiting } from "../ui/State";
import { core } from "../words/core";
import { useText } from "../words/language";
import { Frame, screensOf } from "./Frame";
import { LogIn } from "./LogIn";
import { SCREENS, START } from "./screens";

export function App() {
  const session = useSession();
  return session ? <Inside key={session.token} session={session} /> : <LogIn />;
}

function Inside({ session }: { session: Session }) {
  const [lineUp, setLineUp] = useState(true);
  useEffect(() => {
    // What another account was shown is not for this one.
    queries.clear();
    void setClock().catch(() => undefined);
    return listen(setLineUp);
  }, []);
  const own = screensOf(session);
  return (
    <Switch>
      <Route path="/">
        <Redirect to={START[session.role]} replace />
      </Route>
      {SCREENS.map((s) => (
        <Route key={s.path} path={s.path}>
          {own.includes(s) ? s.bare ? <Shown of={s.component} /> : <Frame session={session} lineUp={lineUp}><Shown of={s.component} /></Frame> : <Frame session={session} lineUp={lineUp}><Missing text={core.notYours} /></Frame>}
        </Route>
      ))}
      <Route>
        <Frame session={session} lineUp={lineUp}>
          <Missing text={core.notFound} />
        </Frame>
      </Route>
    </Switch>
  );
}

function Shown({ of: C }: { of: React.ComponentType }) {
  return (
    <Guard>
      <Suspense fallback={<Waiting />}>
        <C />
      </Suspense>
    </Guard>
  );
}

function Missing({ text }: { text: readonly [string, string] }) {
  const t = useText();
  return (
    <div className="stack">
      <p className="note warn">{t(text)}</p>
      <Link href="/" className="button">
        {t(core.home)}
      </Link>
    </div>
  );
}

/** A fault in one screen leaves the others working, and is seen. */
class Guard extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };
  static getDerivedStateFromError(error: Error) {
    return { error };
  }
  override componentDidCatch(error: Error, info: ErrorInfo) {
    console.error(error, info.componentStack);
  }
  override render() {
    return this.state.error ? <Fault error={this.state.error} again={() => this.setState({ error: null })} /> : this.props.children;
  }
}
