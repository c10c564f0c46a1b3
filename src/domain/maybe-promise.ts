/** A value that is usually there already, or a promise of it. */
export type MaybePromise<Value> = Value | Promise<Value>

/**
 * The result of `goOn` for a value, without waiting where the value is there: a wait costs more than most of what is
 * done with it.
 */
export function mapMaybe<Value, Result>(
  value: MaybePromise<Value>,
  goOn: (value: Value) => MaybePromise<Result>,
): MaybePromise<Result> {
  return value instanceof Promise ? value.then(goOn) : goOn(value)
}
