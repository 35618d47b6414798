'use strict';
// Tests stay on this machine: an attempt to connect, to send or to look a name up elsewhere fails, and says so.
// Loaded by Jest (setupFiles) and by every process that a test starts (NODE_OPTIONS=--require …).
const dgram = require('node:dgram');
const dns = require('node:dns');
const net = require('node:net');

const MARK = Symbol.for('desk.network-guard');

function isHere(host) {
  const name = String(host ?? 'localhost').replace(/^\[|\]$/g, '').toLowerCase();
  return name === '' || name === 'localhost' || name.endsWith('.localhost') || name === '::1' || name === '::' || name === '0.0.0.0' || /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(name);
}

function refusal(what) {
  return Object.assign(new Error(`A test tried to reach ${what}: tests stay on 127.0.0.1`), { code: 'ENETUNREACH' });
}

function guardSockets() {
  const connect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function guarded(...args) {
    const first = Array.isArray(args[0]) ? args[0][0] : args[0];
    const target = typeof first === 'object' && first !== null ? first : { port: first, host: typeof args[1] === 'string' ? args[1] : undefined };
    const local = target.path !== undefined || (typeof first === 'string' && Number.isNaN(Number(first)));
    if (local || isHere(target.host)) {
      return connect.apply(this, args);
    }
    process.nextTick(() => this.destroy(refusal(`${target.host}:${target.port}`)));
    return this;
  };
  const send = dgram.Socket.prototype.send;
  dgram.Socket.prototype.send = function guarded(...args) {
    const address = args.slice(1).find((arg) => typeof arg === 'string');
    if (isHere(address)) {
      return send.apply(this, args);
    }
    const error = refusal(address);
    const done = args.find((arg) => typeof arg === 'function');
    process.nextTick(() => (done ? done(error) : this.emit('error', error)));
    return undefined;
  };
}

function guardNames() {
  const isAddress = (name) => net.isIP(String(name)) !== 0; // an address is not looked up; connecting to it is guarded above
  for (const [target, promised] of [[dns, false], [dns.promises, true]]) {
    for (const name of Object.keys(target).filter((key) => /^(lookup|lookupService|resolve.*|reverse)$/.test(key))) {
      const original = target[name];
      target[name] = answer(original, promised, (args) => (name === 'lookup' ? isHere(args[0]) || isAddress(args[0]) : onLoopback(dns.getServers())));
    }
  }
  for (const [owner, promised] of [[dns.Resolver, false], [dns.promises.Resolver, true]]) {
    for (let proto = owner.prototype; proto && proto !== Object.prototype; proto = Object.getPrototypeOf(proto)) {
      for (const name of Object.getOwnPropertyNames(proto).filter((key) => /^(resolve.*|reverse)$/.test(key))) {
        const original = proto[name];
        proto[name] = answer(original, promised, function asked() {
          return onLoopback(this.getServers());
        });
      }
    }
  }
}

const onLoopback = (servers) => servers.length > 0 && servers.every((server) => isHere(/^\d+\.\d+\.\d+\.\d+/.exec(server)?.[0] ?? server.replace(/^\[(.*)\].*$/, '$1')));

function answer(original, promised, allowed) {
  return function guarded(...args) {
    if (allowed.call(this, args)) {
      return original.apply(this, args);
    }
    const error = refusal(`the name ${String(args[0])}`);
    if (promised) {
      return Promise.reject(error);
    }
    process.nextTick(() => args.at(-1)?.(error));
    return {};
  };
}

if (!globalThis.process[MARK]) {
  Object.defineProperty(globalThis.process, MARK, { value: true });
  guardSockets();
  guardNames();
}
