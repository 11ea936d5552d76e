import { join } from 'node:path'
import { describe } from '@jest/globals'
import { start } from '../processes.ts'
import { httpHost, untilReady } from './http-host.ts'
import { buildIris, root } from './iris.ts'
import { describeBehaviour } from './suite.ts'

describe('bento serve', () => {
  describeBehaviour(async () => {
    const { tag, env } = await buildIris()
    const args = [join(root, 'bin/bento.js'), 'serve', tag, '--port', '0']
    const server = start(process.execPath, args, { cwd: root, env })
    const [url] = await server.printed(/http:\/\/127\.0\.0\.1:\d+/)
    await untilReady(url)
    return httpHost(url, async () => void (await server.interrupt()))
  })
})
