import { visibleLine } from '../../format/visible.ts'
import { JsonView } from '../texts/json-view.tsx'
import { LongText } from '../texts/long-text.tsx'
import { PlainText } from '../texts/plain-text.tsx'
import styles from './value-list.module.css'

/** An object field by field, for reading: texts as text, and only what is nested as JSON. */
export function ValueList({ value }: { readonly value: unknown }) {
  if (typeof value === 'string') return <LongText text={value} what="it" />
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return <ValueView value={value} name="it" />
  const entries = Object.entries(value)
  if (entries.length === 0) return <JsonView value={value} />
  return (
    <dl className={styles['list']}>
      {entries.slice(0, mostFields).map(([name, part]) => (
        <div key={name} className={styles['entry']}>
          <dt title={visibleLine(name)}>
            <PlainText text={name} />
          </dt>
          <dd>
            <ValueView value={part} name={name} />
          </dd>
        </div>
      ))}
      {entries.length > mostFields ? (
        <div className={styles['entry']}>
          <dt>and more</dt>
          <dd>
            <JsonView value={Object.fromEntries(entries.slice(mostFields))} open={0} />
          </dd>
        </div>
      ) : null}
    </dl>
  )
}

const mostFields = 80

/** One value: a text as text, plain values as they are, and what is nested as JSON. */
export function ValueView({ value, name }: { readonly value: unknown; readonly name: string }) {
  if (typeof value === 'string') return <LongText text={value} what={visibleLine(name)} />
  if (isPlainList(value))
    return (
      <ul className={styles['items']}>
        {value.map((item, at) => (
          // Items have no identity but their place.
          <li key={at}>
            <PlainText text={String(item)} />
          </li>
        ))}
      </ul>
    )
  if (typeof value === 'object' && value !== null) return <JsonView value={value} open={2} />
  return <span className={styles['plain']}>{String(value)}</span>
}

const mostItems = 50
const longestItem = 300

/** A list that reads better without brackets. */
function isPlainList(value: unknown): value is readonly (string | number)[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= mostItems &&
    value.every(
      (item) => typeof item === 'number' || (typeof item === 'string' && item.length <= longestItem),
    )
  )
}
