/** What SIGINT and SIGTERM do to a run, the first time and again. */

export type EndSignal = 'SIGINT' | 'SIGTERM';

export interface SignalActions {
  readonly onFirst: (signal: EndSignal) => void;
  readonly onSecond: (signal: EndSignal) => void;
  /** Whoever reads the results may never read on, so that not even an abort comes to its end. */
  readonly onThird: (signal: EndSignal) => void;
}

/** Takes the two signals over, which count as one. */
export function takeSignals({ onFirst, onSecond, onThird }: SignalActions): void {
  const actions = [onFirst, onSecond];
  const take = (signal: EndSignal): void => (actions.shift() ?? onThird)(signal);
  process.on('SIGINT', take);
  process.on('SIGTERM', take);
}
