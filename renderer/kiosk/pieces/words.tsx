/** Sentences on the glass: a title, the line that says the money is safe, and the number staff ask for. */
import { Fragment, type ReactNode } from 'react';
import { useKiosk } from '../kiosk-context.ts';
import { SafeIcon } from './icons.tsx';

/** A line break in a string is a line break here. */
export function Lines({ text }: { readonly text: string }) {
  return text.split('\n').map((line, index) => (
    <Fragment key={line}>
      {index > 0 && <br />}
      {line}
    </Fragment>
  ));
}

export function Title({ text, grand = false }: { readonly text: string; readonly grand?: boolean }) {
  return (
    <h1 className={grand ? 'title grand' : 'title'}>
      <Lines text={text} />
    </h1>
  );
}

/** 「お金はなくなりません」: stands before everything else whenever something went wrong. */
export function Safe({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="safe">
      <SafeIcon />
      <p>
        <b>{title}</b>
        {children !== undefined && <span className="more">{children}</span>}
      </p>
    </div>
  );
}

/** The number that residents read out and staff look up. */
export function TroubleNumber({ number }: { readonly number: number }) {
  const { say } = useKiosk();
  return (
    <p className="number">
      {say('trouble.number')} <b>{number}</b>
    </p>
  );
}
