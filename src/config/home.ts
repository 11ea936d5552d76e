import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** Where models and bentos live: `$BENTO_HOME`, or `.bento` in the user's home folder. */
export function resolveHome(env: Readonly<Record<string, string | undefined>>): string {
  const user = env['HOME'] || homedir()
  const home = env['BENTO_HOME'] || join(user, '.bento')
  return resolve(home.replace(/^~(?=$|[/\\])/, () => user))
}
