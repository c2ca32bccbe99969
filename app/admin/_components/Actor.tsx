/** The person or program that changed something. An e-mail may break at its sign, and nowhere else. */
export function Actor({ name }: { name: string }) {
  const at = name.indexOf('@')
  if (at < 0) return <span>{name}</span>
  return (
    <span>
      {name.slice(0, at)}
      <wbr />
      {name.slice(at)}
    </span>
  )
}
