import { useState } from 'react'
import { PlainText } from '../../design/texts/plain-text.tsx'
import { Words } from '../../design/texts/words.tsx'
import type { Part } from './json-parts.ts'
import { type SchemaField, schemaWords } from './schema-words.ts'
import styles from './schema-view.module.css'

/** A schema as text; what is inside of its fields unfolds. */
export function SchemaView({
  schema,
  schemas,
  open = false,
}: {
  readonly schema: Part
  readonly schemas: Part
  readonly open?: boolean
}) {
  const { type, description, bounds, fields } = schemaWords(schema, schemas)
  const head = (
    <>
      <span className={styles['type']}>{type}</span>
      <About description={description} bounds={bounds} />
    </>
  )
  if (fields.length === 0) return <div className={styles['leaf']}>{head}</div>
  return <Folded head={head} fields={fields} schemas={schemas} open={open} />
}

/** Fields with what each is. */
export function FieldList({
  fields,
  schemas,
}: {
  readonly fields: readonly (SchemaField & { readonly place?: string })[]
  readonly schemas: Part
}) {
  return (
    <ul className={styles['fields']}>
      {fields.map((field) => (
        <li key={`${field.place ?? ''} ${field.name} ${JSON.stringify(field.schema)}`}>
          <Field field={field} schemas={schemas} />
        </li>
      ))}
    </ul>
  )
}

function Field({
  field: { name, required, schema, place },
  schemas,
}: {
  readonly field: SchemaField & { readonly place?: string }
  readonly schemas: Part
}) {
  const { type, description, bounds, fields } = schemaWords(schema, schemas)
  const head = (
    <>
      <span className={styles['name']}>
        <PlainText text={name} />
        {required ? null : (
          <span className={styles['may']} title="may be left out">
            ?<span className="said"> may be left out</span>
          </span>
        )}
      </span>{' '}
      <span className={styles['type']}>{type}</span>
      <About
        description={description}
        bounds={[...(place === undefined ? [] : [`in the ${place}`]), ...bounds]}
      />
    </>
  )
  return fields.length === 0 ? head : <Folded head={head} fields={fields} schemas={schemas} open={false} />
}

/** What is folded is not drawn: schemas may have themselves inside. */
function Folded({
  head,
  fields,
  schemas,
  open,
}: {
  readonly head: React.ReactNode
  readonly fields: readonly SchemaField[]
  readonly schemas: Part
  readonly open: boolean
}) {
  const [shown, setShown] = useState(open)
  return (
    <details
      className={styles['folded']}
      open={shown}
      onToggle={({ currentTarget }) => setShown(currentTarget.open)}
    >
      <summary>{head}</summary>
      {shown ? <FieldList fields={fields} schemas={schemas} /> : null}
    </details>
  )
}

function About({
  description,
  bounds,
}: {
  readonly description: string | null
  readonly bounds: readonly string[]
}) {
  const words = [...(description === null ? [] : [description]), ...bounds]
  if (words.length === 0) return null
  return (
    <span className={styles['about']}>
      {' · '}
      <Words text={words.join(' · ')} />
    </span>
  )
}
