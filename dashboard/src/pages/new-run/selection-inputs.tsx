import type { DeliveryMode } from '../../../../src/server/contract/outcome.ts'
import { CheckField, Field, SelectField, TextField } from '../../design/controls/field.tsx'
import { deliveryLabels } from '../../../../src/wording/delivery-labels.ts'
import type { SelectionRequest } from './selection-wish.ts'
import styles from './new-run-page.module.css'

const deliveryModes: readonly DeliveryMode[] = ['batch', 'flex', 'realtime']

/** Which records are meant, and how they are sent; all of it may stay as it is. */
export function SelectionInputs({
  wish,
  wrong,
  onChange,
}: {
  readonly wish: SelectionRequest
  readonly wrong: Readonly<Record<string, string>>
  readonly onChange: (wish: SelectionRequest) => void
}) {
  return (
    <details className={styles['more']}>
      <summary>Fewer records, or another way to send them</summary>
      <div>
        <div className={styles['pair']}>
          <TextField
            label="At most so many records"
            placeholder="all"
            inputMode="numeric"
            value={wish.limit}
            error={wrong['limit'] ?? null}
            onChange={(event) => onChange({ ...wish, limit: event.target.value })}
          />
          <SelectField
            label="Sent"
            value={wish.deliveryMode}
            choices={deliveryModes.map((deliveryMode) => ({
              value: deliveryMode,
              words: `${deliveryLabels[deliveryMode].words}: ${deliveryLabels[deliveryMode].price}`,
            }))}
            onChoose={(value) =>
              onChange({
                ...wish,
                deliveryMode: deliveryModes.find((deliveryMode) => deliveryMode === value) ?? 'batch',
              })
            }
          />
        </div>
        <Field label="Only these keys" hint="one on each line, or with commas between">
          {(wiring) => (
            <textarea
              {...wiring}
              value={wish.only}
              spellCheck={false}
              onChange={(event) => onChange({ ...wish, only: event.target.value })}
            />
          )}
        </Field>
        <TextField
          label="Deadline"
          placeholder="none"
          hint="what is not answered so long after the start is asked in real time: 20h"
          value={wish.deadline}
          error={wrong['deadline'] ?? null}
          onChange={(event) => onChange({ ...wish, deadline: event.target.value })}
        />
        <CheckField
          label="Send records again although nothing about them changed"
          checked={wish.redo}
          onCheck={(redo) => onChange({ ...wish, redo })}
        />
        <CheckField
          label="Send records too that earlier runs have asked without success, or may have paid for"
          checked={wish.payAgain}
          onCheck={(payAgain) => onChange({ ...wish, payAgain })}
        />
        <CheckField
          label="Take as done what was answered before, although its request has changed"
          checked={wish.keep}
          onCheck={(keep) => onChange({ ...wish, keep })}
        />
      </div>
    </details>
  )
}
