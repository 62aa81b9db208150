import type { Member, Shape } from './shape.js';

export const EC2_NAMESPACE = 'http://ec2.amazonaws.com/doc/2016-11-15/';
export const STS_NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';
const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
const STEP = '    ';

/** The answer of an EC2 action, indented as AWS indents it. What `value` lacks is left out. */
export function ec2Answer(action: string, requestId: string, shape: Shape, value: object): string {
  return (
    `${HEAD}<${action}Response xmlns="${EC2_NAMESPACE}">\n` +
    `${STEP}<requestId>${requestId}</requestId>\n` +
    (shape.type === 'struct' ? fields(shape.members, value, STEP) : `${STEP}<return>true</return>\n`) +
    `</${action}Response>`
  );
}

export function stsAnswer(action: string, requestId: string, shape: Shape, value: object): string {
  if (shape.type !== 'struct') throw new Error(`${action} answers with a structure`);
  return (
    `<${action}Response xmlns="${STS_NAMESPACE}">\n  <${action}Result>\n` +
    fields(shape.members, value, STEP) +
    `  </${action}Result>\n  <ResponseMetadata>\n    <RequestId>${requestId}</RequestId>\n` +
    `  </ResponseMetadata>\n</${action}Response>\n`
  );
}

export function ec2Error(code: string, message: string, requestId: string): string {
  return (
    `${HEAD}<Response><Errors><Error><Code>${code}</Code><Message>${escape(message)}</Message></Error></Errors>` +
    `<RequestID>${requestId}</RequestID></Response>`
  );
}

export function stsError(code: string, message: string, requestId: string): string {
  return (
    `<ErrorResponse xmlns="${STS_NAMESPACE}">\n  <Error>\n    <Type>Sender</Type>\n    <Code>${code}</Code>\n` +
    `    <Message>${escape(message)}</Message>\n  </Error>\n  <RequestId>${requestId}</RequestId>\n</ErrorResponse>\n`
  );
}

function fields(members: readonly Member[], value: object, indent: string): string {
  let text = '';
  for (const { name, xmlName, shape } of members) {
    const member = (value as Record<string, unknown>)[name];
    if (member !== undefined && member !== null) text += element(xmlName, shape, member, indent);
  }
  return text;
}

function element(name: string, shape: Shape, value: unknown, indent: string): string {
  switch (shape.type) {
    case 'struct':
      return around(name, fields(shape.members, value as object, indent + STEP), indent);
    case 'list': {
      let items = '';
      for (const item of value as readonly unknown[])
        items += element(shape.itemName ?? 'member', shape.of, item, indent + STEP);
      return around(name, items, indent);
    }
    case 'time':
      return `${indent}<${name}>${(value as Date).toISOString()}</${name}>\n`;
    case 'string':
    case 'number':
    case 'boolean':
    case 'none':
      return value === ''
        ? `${indent}<${name}/>\n`
        : `${indent}<${name}>${escape(String(value))}</${name}>\n`;
  }
}

function around(name: string, inside: string, indent: string): string {
  return inside === '' ? `${indent}<${name}/>\n` : `${indent}<${name}>\n${inside}${indent}</${name}>\n`;
}

const SPECIAL = /[&<>"'\r]/;
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '\r': '&#xD;',
};

function escape(text: string): string {
  return SPECIAL.test(text) ? text.replace(/[&<>"'\r]/g, (character) => ESCAPES[character]!) : text;
}
