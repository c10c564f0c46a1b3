import type { Preference } from '../../../../../src/server/contract/compare.ts'
import { Button } from '../../../design/controls/button.tsx'
import { classes } from '../../../design/classes.ts'
import { Kbd } from '../../../design/controls/kbd.tsx'
import { ShapeIcon } from '../../../design/shape.tsx'
import { useKey } from '../../../keys/use-key.tsx'
import { useMay } from '../../../shell/session.tsx'
import { preferences, type PreferenceWords } from './preference-words.ts'
import styles from './judge.module.css'

interface JudgeProps {
  readonly said: Preference | null
  /** The same again takes it back. */
  readonly judge: (preference: Preference) => void
}

/** Which answer is better, by mouse or by `1` to `4`. */
export function Judge({ said, judge }: JudgeProps) {
  const may = useMay('run')
  if (!may) return <p className={styles['not']}>Your session may look, and not judge.</p>
  return (
    <div className={styles['judge']} role="group" aria-label="Which answer is better">
      {preferences.map((words) => (
        <Choice key={words.preference} words={words} said={said} judge={judge} />
      ))}
    </div>
  )
}

function Choice({
  words: { preference, keys, words, said: meaning },
  said,
  judge,
}: JudgeProps & { readonly words: PreferenceWords }) {
  useKey(keys, meaning, () => judge(preference))
  const chosen = said === preference
  return (
    <Button
      aria-pressed={chosen}
      className={classes(chosen && styles['chosen'])}
      onClick={() => judge(preference)}
    >
      {chosen ? <ShapeIcon shape="check" size={12} /> : <Kbd keys={keys} />} {words}
    </Button>
  )
}
