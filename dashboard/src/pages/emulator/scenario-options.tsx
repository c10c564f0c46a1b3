import type { EmulatorState } from '../../../../src/server/contract/emulator.ts'
import { SelectField, TextField } from '../../design/controls/field.tsx'

type Option = EmulatorState['scenarios'][number]['options'][number]

/** A field for each option of a scenario; an empty one leaves it as it is by default. */
export function ScenarioOptions({
  options,
  values,
  onChange,
}: {
  readonly options: readonly Option[]
  readonly values: Readonly<Record<string, string>>
  readonly onChange: (option: string, value: string) => void
}) {
  return options.map(({ name, words, fallback, choices }) =>
    choices.length === 0 ? (
      <TextField
        key={name}
        label={name}
        hint={words}
        placeholder={fallback}
        value={values[name] ?? ''}
        onChange={(event) => onChange(name, event.target.value)}
      />
    ) : (
      <SelectField
        key={name}
        label={name}
        hint={words}
        value={values[name] ?? fallback}
        choices={choices.map((choice) => ({ value: choice, words: choice }))}
        onChoose={(choice) => onChange(name, choice)}
      />
    ),
  )
}
