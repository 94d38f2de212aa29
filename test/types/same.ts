/** Says at compile time that a value has exactly a type, not merely one that is assignable to it. */

/** `expectType<number>()(value)` compiles only if the type of `value` is `number` and nothing else. */
export function expectType<Expected>(): <Actual>(value: Actual, ...same: IfSame<Actual, Expected>) => void {
  return () => undefined;
}

// Two types are the same if no conditional type can tell them apart: each T is used once, on purpose.
/* oxlint-disable typescript/no-unnecessary-type-parameters */
type IfSame<Actual, Expected> =
  (<T>() => T extends Actual ? 1 : 2) extends <T>() => T extends Expected ? 1 : 2
    ? []
    : [expected: Expected, actual: Actual];
