import { CheckField } from '../../../design/controls/field.tsx'
import { PanelButton } from '../../../design/controls/panel-button.tsx'
import { Segments } from '../../../design/charts/segments.tsx'
import { visibleLine } from '../../../format/visible.ts'
import { wholeAnswer } from '../output-fields.ts'
import type { RowsLook } from '../use-rows-look.ts'
import styles from './column-picker.module.css'

/** Which fields of the answers are columns, and how high the rows are; remembered for the job. */
export function ColumnPicker({
  look,
  fields,
}: {
  readonly look: RowsLook
  readonly fields: readonly string[]
}) {
  const all = [...new Set([...fields, ...look.fields])]
  return (
    <PanelButton label="Columns" title="Columns and row height" align="right">
      <div className={styles['line']}>
        <span>Rows</span>
        <Segments
          label="Row height"
          value={look.height}
          choices={[
            { value: 'low', words: 'one line' },
            { value: 'high', words: 'three lines' },
          ]}
          onChoose={look.setHeight}
        />
      </div>
      <p className={styles['note']}>
        {all.length === 0 ? 'No answer in sight has fields.' : 'Fields of the answers:'}
      </p>
      {all.map((field) => (
        <CheckField
          key={field}
          checked={look.fields.includes(field)}
          onCheck={(checked) =>
            look.setFields(all.filter((name) => (name === field ? checked : look.fields.includes(name))))
          }
          label={field === wholeAnswer ? 'the answer' : visibleLine(field)}
        />
      ))}
      {look.fields.length === 0 && all.length > 0 ? (
        <p className={styles['note']}>Without answers, pages come faster.</p>
      ) : null}
    </PanelButton>
  )
}
