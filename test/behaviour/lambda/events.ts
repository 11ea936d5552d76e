import type { Answer, Call } from '../host.ts'

/** Events as AWS documents them, and their answers read as its services read them. */
export interface Front {
  readonly name: string
  event(call: Call): object
  answer(answer: LambdaAnswer): Answer
}

/** What a function hands back. */
export interface LambdaAnswer {
  readonly statusCode: number
  readonly statusDescription?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>
  readonly body: string
  readonly isBase64Encoded: boolean
}

export const restApi: Front = {
  name: 'API Gateway, payload 1.0',
  event: (call) => ({
    resource: '/{proxy+}',
    path: pathOf(call),
    httpMethod: call.method,
    headers: upperCase(call),
    multiValueHeaders: lists(upperCase(call)),
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: { proxy: pathOf(call).slice(1) },
    stageVariables: null,
    requestContext: {
      accountId: '123456789012',
      apiId: 'abcdef1234',
      stage: 'prod',
      path: `/prod${pathOf(call)}`,
      httpMethod: call.method,
      identity: { sourceIp: '203.0.113.7', userAgent: 'test' },
    },
    ...bodyOf(call),
  }),
  answer: readAnswer,
}

export const httpApi: Front = {
  name: 'API Gateway, payload 2.0, on a named stage',
  event: (call) => version2(call, { stage: 'prod', prefix: '/prod' }),
  answer: readAnswer,
}

export const functionUrl: Front = {
  name: 'a function URL',
  event: (call) => version2(call, { stage: '$default', prefix: '' }),
  answer: readAnswer,
}

export const loadBalancer: Front = {
  name: 'a load balancer',
  event: (call) => ({
    requestContext: {
      elb: {
        targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/i/1',
      },
    },
    httpMethod: call.method,
    path: pathOf(call),
    queryStringParameters: {},
    headers: balancedHeaders(call),
    ...bodyOf(call),
  }),
  answer(answer) {
    // A load balancer answers 502 for one without.
    if (answer.statusDescription === undefined) throw new Error('no statusDescription')
    return readAnswer(answer)
  },
}

export const loadBalancerWithLists: Front = {
  name: 'a load balancer with multi-value headers',
  event(call) {
    return {
      ...loadBalancer.event(call),
      headers: undefined,
      multiValueHeaders: lists(balancedHeaders(call)),
      multiValueQueryStringParameters: {},
    }
  },
  answer(answer) {
    // It ignores `headers` then.
    if (answer.headers !== undefined) throw new Error('headers instead of multiValueHeaders')
    return loadBalancer.answer(answer)
  },
}

function balancedHeaders({ headers }: Call): Record<string, string> {
  return { ...headers, host: 'iris.example.com', 'x-forwarded-for': '203.0.113.7' }
}

function version2(call: Call, { stage, prefix }: { stage: string; prefix: string }): object {
  const path = `${prefix}${pathOf(call)}`
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: call.path.split('?')[1] ?? '',
    headers: { ...call.headers, host: 'abc.lambda-url.eu-west-1.on.aws' },
    requestContext: {
      accountId: 'anonymous',
      apiId: 'abc',
      stage,
      http: {
        method: call.method,
        path,
        protocol: 'HTTP/1.1',
        sourceIp: '203.0.113.7',
        userAgent: 'test',
      },
    },
    ...bodyOf(call),
  }
}

function pathOf({ path }: Call): string {
  return path.split('?')[0] ?? ''
}

function bodyOf({ body, headers }: Call): object {
  if (body.length === 0) return { body: null, isBase64Encoded: false }
  const type = headers['content-type'] ?? ''
  const isText = headers['content-encoding'] === undefined && type.startsWith('application/json')
  return { body: body.toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText }
}

/** As a REST API hands headers on: in the spelling of the client. */
function upperCase({ headers }: Call): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase()),
      value,
    ]),
  )
}

function lists(headers: Readonly<Record<string, string>>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]))
}

function readAnswer(answer: LambdaAnswer): Answer {
  const { statusCode, headers = {}, multiValueHeaders = {}, body, isBase64Encoded } = answer
  const firsts = Object.entries(multiValueHeaders).map(([name, list]): [string, string] => [
    name,
    list[0] ?? '',
  ])
  return {
    status: statusCode,
    headers: { ...headers, ...Object.fromEntries(firsts) },
    body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'),
    parts: 1,
  }
}
