import { describe } from '@jest/globals'
import { start } from '../processes.ts'
import { httpHost, untilReady } from './http-host.ts'
import { buildIris, unpackIris } from './iris.ts'
import { describeBehaviour } from './suite.ts'

describe('the built bento under plain node', () => {
  describeBehaviour(async () => {
    const cwd = await unpackIris(await buildIris())
    const env = { BENTO_PORT: '0' }
    const server = start(process.execPath, ['dist/service.mjs'], { cwd, env })
    const [url] = await server.printed(/http:\/\/127\.0\.0\.1:\d+/)
    await untilReady(url)
    return httpHost(url, async () => void (await server.interrupt()))
  })
})
