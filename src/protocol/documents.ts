/** Webview → host: what the panel does with texts outside of it. */
export interface DocumentRequests {
  /** Puts a text behind a token of the inspected text in its document, as one step to undo. */
  insertText: {
    params: {
      /** Of the inspection that is meant. */
      serial: number;
      position: number;
      text: string;
    };
    result: null;
  };
  copyText: { params: { text: string }; result: null };
}
