import { CopyButton } from '../../design/controls/copy-button.tsx'
import { PlainText } from '../../design/texts/plain-text.tsx'
import { Words } from '../../design/texts/words.tsx'
import type { Answer, Operation } from './api-document.ts'
import { curlLine } from './curl-line.ts'
import type { Part } from './json-parts.ts'
import { FieldList, SchemaView } from './schema-view.tsx'
import styles from './route-details.module.css'

const scopeWords: Readonly<Record<string, string>> = {
  read: 'Every key may.',
  run: 'A key of scope run or admin may.',
  admin: 'Only a key of scope admin may.',
}

/** What a route takes, what it answers, and how it is called from a shell. */
export function RouteDetails({
  operation,
  schemas,
}: {
  readonly operation: Operation
  readonly schemas: Part
}) {
  const { id, description, scope, spends, parameters, body, answers } = operation
  const good = answers.filter(({ status }) => /^[123]/.test(status))
  const bad = answers.filter(({ status }) => !/^[123]/.test(status))
  const curl = curlLine(operation, schemas, location.origin)
  const link = `${location.origin}/docs#${id}`
  return (
    <div className={styles['details']}>
      {description === null ? null : (
        <p className={styles['words']}>
          <Words text={description} />
        </p>
      )}
      <p className={styles['words']}>
        {scope === null ? 'It needs no key.' : (scopeWords[scope] ?? `It needs the scope ${scope}.`)}
        {spends
          ? ' It can spend money: with an Idempotency-Key it is done once, however often it is asked.'
          : ''}{' '}
        <a href={`#${id}`}>Link to this route</a> <CopyButton text={link} what="the link" />
      </p>
      <div className={styles['curl']}>
        <code>{curl}</code>
        <CopyButton text={curl} what="the call" />
      </div>
      {parameters.length === 0 ? null : (
        <div>
          <h3>Parameters</h3>
          <FieldList
            schemas={schemas}
            fields={parameters.map(({ name, place, required, schema }) => ({
              name,
              required,
              schema,
              place,
            }))}
          />
        </div>
      )}
      {body === null ? null : (
        <div>
          <h3>
            Body <span className={styles['media']}>{body.media}</span>
          </h3>
          <SchemaView schema={body.schema} schemas={schemas} open />
        </div>
      )}
      {good.map((answer) => (
        <div key={answer.status}>
          <h3>
            Answers {answer.status} <span className={styles['media']}>{answer.content?.media}</span>
          </h3>
          {answer.content === null ? (
            <p className={styles['words']}>{answer.words}</p>
          ) : (
            <SchemaView schema={answer.content.schema} schemas={schemas} open />
          )}
        </div>
      ))}
      {bad.length === 0 ? null : <Refusals answers={bad} />}
    </div>
  )
}

function Refusals({ answers }: { readonly answers: readonly Answer[] }) {
  return (
    <div>
      <h3>Refuses</h3>
      <dl className={styles['refusals']}>
        {answers.map(({ status, words }) => (
          <div key={status}>
            <dt>{status}</dt>
            <dd>
              <PlainText text={words} />
            </dd>
          </div>
        ))}
      </dl>
    </div>
  )
}
