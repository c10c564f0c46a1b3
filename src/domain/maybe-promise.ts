/** What is there already as a rule, and has to be waited for at times. */
export type MaybePromise<Value> = Value | Promise<Value>

/** Goes on with a value at once where it is there: waiting for it costs more than most of what is done with it. */
export function mapMaybe<Value, Result>(
  value: MaybePromise<Value>,
  goOn: (value: Value) => MaybePromise<Result>,
): MaybePromise<Result> {
  return value instanceof Promise ? value.then(goOn) : goOn(value)
}
