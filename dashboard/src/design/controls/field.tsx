import { type ComponentProps, type ReactNode, useId } from 'react'
import { classes } from '../classes.ts'
import styles from './field.module.css'

interface FieldProps {
  readonly label: string
  readonly hint?: ReactNode
  /** What is wrong with it; null: nothing. */
  readonly error?: string | null
  /** The label left of the control: for filters. */
  readonly inline?: boolean
}

interface Wiring {
  readonly id: string
  readonly className: string | undefined
  readonly 'aria-invalid': boolean
  readonly 'aria-describedby': string | undefined
}

/** A label, a control, and what there is to say about it. */
export function Field({
  label,
  hint,
  error = null,
  inline = false,
  children,
}: FieldProps & { readonly children: (wiring: Wiring) => ReactNode }) {
  const id = useId()
  const about = error !== null || hint !== undefined ? `${id}-about` : undefined
  return (
    <div className={classes(styles['field'], inline && styles['inline'])}>
      <label htmlFor={id} className={styles['label']}>
        {label}
      </label>
      {children({
        id,
        className: styles['control'],
        'aria-invalid': error !== null,
        'aria-describedby': about,
      })}
      {about === undefined ? null : (
        <div id={about} className={styles[error === null ? 'hint' : 'error']}>
          {error ?? hint}
        </div>
      )}
    </div>
  )
}

export function TextField({ label, hint, error, inline, ...rest }: FieldProps & ComponentProps<'input'>) {
  return (
    <Field
      label={label}
      hint={hint}
      {...(error === undefined ? {} : { error })}
      {...(inline === undefined ? {} : { inline })}
    >
      {(wiring) => <input type="text" autoComplete="off" spellCheck={false} {...rest} {...wiring} />}
    </Field>
  )
}

export interface Choice {
  readonly value: string
  readonly words: string
}

export function SelectField({
  label,
  hint,
  inline,
  choices,
  value,
  onChoose,
  ...rest
}: Omit<FieldProps, 'error'> &
  Omit<ComponentProps<'select'>, 'onChange'> & {
    readonly choices: readonly Choice[]
    readonly value: string
    readonly onChoose: (value: string) => void
  }) {
  return (
    <Field label={label} hint={hint} {...(inline === undefined ? {} : { inline })}>
      {(wiring) => (
        <select {...rest} {...wiring} value={value} onChange={(event) => onChoose(event.target.value)}>
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.words}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

export function CheckField({
  label,
  checked,
  onCheck,
}: {
  readonly label: ReactNode
  readonly checked: boolean
  readonly onCheck: (checked: boolean) => void
}) {
  return (
    <label className={styles['check']}>
      <input type="checkbox" checked={checked} onChange={(event) => onCheck(event.target.checked)} />
      <span>{label}</span>
    </label>
  )
}
