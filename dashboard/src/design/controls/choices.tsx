import { useId } from 'react'
import styles from './choices.module.css'

/** One of a few, each with what it means. */
export function Choices<Value extends string>({
  legend,
  value,
  choices,
  onChoose,
}: {
  readonly legend: string
  readonly value: Value
  readonly choices: readonly { readonly value: Value; readonly words: string; readonly note: string }[]
  readonly onChoose: (value: Value) => void
}) {
  const name = useId()
  return (
    <fieldset className={styles['choices']}>
      <legend className="said">{legend}</legend>
      {choices.map((choice) => (
        <label key={choice.value} className={styles['choice']}>
          <input
            type="radio"
            name={name}
            checked={choice.value === value}
            onChange={() => onChoose(choice.value)}
          />
          <span className={styles['words']}>{choice.words}</span>
          <span className={styles['note']}>{choice.note}</span>
        </label>
      ))}
    </fieldset>
  )
}
