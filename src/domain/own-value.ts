/**
 * The value of a table under a name that came from outside; undefined when the table itself has none. A plain lookup
 * answers to `constructor` and everything else that every object inherits.
 */
export function ownValue<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

/**
 * The field of a value under a name that came from outside. A row may be of a class whose fields are in its prototype;
 * what every object inherits is no field.
 */
export function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.hasOwn(value, name) || !(name in Object.prototype) ? Reflect.get(value, name) : undefined
}
