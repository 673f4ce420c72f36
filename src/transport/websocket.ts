import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, WebSocketServer } from 'ws';

const PATH = '/mqtt';

/** Turns an HTTP server's upgrade requests at /mqtt into byte streams that carry MQTT. */
export class WebSocketEntry {
  readonly #server: WebSocketServer;

  constructor(maxPayload: number) {
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload,
      handleProtocols: (protocols) => (protocols.has('mqtt') ? 'mqtt' : false),
    });
  }

  /** False if the request is for another path; it is then untouched. */
  accept(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    opened: (stream: Duplex) => void,
  ): boolean {
    const path = request.url?.split('?', 1)[0];
    if (path !== PATH) return false;
    this.#server.handleUpgrade(request, socket, head, (peer) => {
      opened(createWebSocketStream(peer));
    });
    return true;
  }
}
