import styles from './kbd.module.css'

/** Keys to press, one after the other: `g r`. */
export function Kbd({ keys }: { readonly keys: string }) {
  return (
    <span>
      {keys.split(' ').map((key, at) => (
        // A sequence is fixed, and may have a key twice.
        <kbd key={`${at}${key}`} className={styles['kbd']}>
          {key}
        </kbd>
      ))}
    </span>
  )
}
