import { useSyncExternalStore } from 'react'
import { Dialog } from '../design/controls/dialog.tsx'
import { Kbd } from '../design/controls/kbd.tsx'
import styles from './keys-dialog.module.css'
import { useKeyRegistry } from './use-key.tsx'

/** The keys that work on this page. */
export function KeysDialog({ onClose }: { readonly onClose: () => void }) {
  const registry = useKeyRegistry()
  const bindings = useSyncExternalStore(registry.subscribe, () => registry.bindings)
  const shown = new Map(
    bindings.filter(({ inDialog }) => !inDialog).map((binding) => [binding.keys, binding]),
  )
  return (
    <Dialog title="Keys" onClose={onClose} wide>
      <div className={styles['groups']}>
        {[...Map.groupBy(shown.values(), ({ group }) => group)].map(([group, all]) => (
          <section key={group} className={styles['group']}>
            <h3>{group}</h3>
            {all.map(({ keys, words }) => (
              <div key={keys} className={styles['line']}>
                <span>{words}</span>
                <Kbd keys={keys} />
              </div>
            ))}
          </section>
        ))}
      </div>
    </Dialog>
  )
}
