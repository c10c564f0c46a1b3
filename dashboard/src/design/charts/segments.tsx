import type { Choice } from '../controls/field.tsx'
import { ShapeIcon } from '../shape.tsx'
import styles from './segments.module.css'

/** One of a few, all in sight: the chosen one has a check before its word. */
export function Segments<Value extends string>({
  label,
  value,
  choices,
  disabled = false,
  onChoose,
}: {
  readonly label: string
  /** Null: none of them. */
  readonly value: Value | null
  readonly choices: readonly (Choice & { readonly value: Value })[]
  readonly disabled?: boolean
  readonly onChoose: (value: Value) => void
}) {
  return (
    <div className={styles['segments']} role="group" aria-label={label}>
      {choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          disabled={disabled}
          aria-pressed={choice.value === value}
          onClick={() => onChoose(choice.value)}
        >
          {choice.value === value ? <ShapeIcon shape="check" size={11} /> : null}
          {choice.words}
        </button>
      ))}
    </div>
  )
}
