import { SelectField, TextField } from '../../design/controls/field.tsx'
import { type ParamField, textIn } from './param-fields.ts'

/** The parameters of a job, one field each. */
export function ParamInputs({
  fields,
  texts,
  wrong,
  onChange,
}: {
  readonly fields: readonly ParamField[]
  readonly texts: Readonly<Record<string, string>>
  readonly wrong: Readonly<Record<string, string>>
  readonly onChange: (name: string, text: string) => void
}) {
  return fields.map(({ name, kind, choices, required, hint, usual }) => {
    const label = required ? `${name} (needed)` : name
    const usually = usual === null ? 'not given' : `${usual}, as usual`
    if (kind === 'choice' || kind === 'flag')
      return (
        <SelectField
          key={name}
          label={label}
          hint={hint === '' ? undefined : hint}
          value={textIn(texts, name)}
          choices={[
            { value: '', words: usually },
            ...(kind === 'flag' ? ['true', 'false'] : choices).map((choice) => ({
              value: choice,
              words: choice,
            })),
          ]}
          onChoose={(value) => onChange(name, value)}
        />
      )
    return (
      <TextField
        key={name}
        label={label}
        hint={hint === '' ? undefined : hint}
        placeholder={usually}
        inputMode={kind === 'number' ? 'decimal' : 'text'}
        value={textIn(texts, name)}
        error={textIn(wrong, name) || null}
        onChange={(event) => onChange(name, event.target.value)}
      />
    )
  })
}
