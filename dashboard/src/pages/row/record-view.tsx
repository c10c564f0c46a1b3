import type { RecordDetail } from '../../../../src/server/contract/row.ts'
import type { RunStatus } from '../../../../src/server/contract/run.ts'
import { CliLines } from '../../design/controls/cli-line.tsx'
import { classes } from '../../design/classes.ts'
import { Section } from '../../design/page.tsx'
import { ValueList } from '../../design/tables/value-list.tsx'
import { shellWord } from '../../../../src/wording/shell-word.ts'
import { listedKey } from '../../../../src/wording/typed-key.ts'
import { AnswerSection } from './answer-section.tsx'
import { PromptSection } from './prompt-section.tsx'
import { RecordActs } from './record-acts.tsx'
import { RecordHead } from './record-head.tsx'
import styles from './record-view.module.css'
import { TriesSection } from './tries-section.tsx'
import { WrittenSection } from './written-section.tsx'

/** Everything that is known about a record: what went in, what came back, and what became of it. */
export function RecordView({
  record,
  status,
  wide,
}: {
  readonly record: RecordDetail
  readonly status: RunStatus
  readonly wide: boolean
}) {
  const key = shellWord(listedKey(record.key))
  return (
    <>
      <RecordHead record={record} />
      <RecordActs record={record} status={status} />
      <div className={classes(styles['parts'], wide && styles['beside'])}>
        <div className={styles['column']}>
          <AnswerSection record={record} />
          <WrittenSection record={record} />
          <TriesSection record={record} />
        </div>
        <div className={styles['column']}>
          <Section title="Input">
            {record.row === null ? (
              <p className={styles['note']}>
                The row is not kept: its file was cleaned up, or none was written.
              </p>
            ) : (
              <ValueList value={record.row} />
            )}
          </Section>
          <PromptSection record={record} provider={status.provider} />
        </div>
      </div>
      <CliLines
        lines={[
          { words: 'The same', command: record.command },
          {
            words: 'What asking again costs',
            command: `offpeak plan ${shellWord(record.job)} --only ${key} --redo`,
          },
        ]}
      />
    </>
  )
}
