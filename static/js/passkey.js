// <form data-passkey="create|get|ask">: what the browser's passkey answers goes into `credential`, and
// the form is sent. The question lies in the form as JSON; "ask" fetches it from the form's address.
(() => {
  const BINARY = ["challenge", "id"];
  const toBytes = (text) => {
    const letters = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  };
  const toText = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  // Challenges and ids are bytes in the browser's interface and base64url in JSON.
  function withBytes(value, name = "") {
    if (Array.isArray(value)) return value.map((part) => withBytes(part));
    if (value === null) return undefined;
    if (typeof value === "object")
      return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, key === "rp" ? part : withBytes(part, key)]));
    return BINARY.includes(name) && typeof value === "string" ? toBytes(value) : value;
  }

  function answerOf(credential) {
    const { response } = credential;
    const answer = { clientDataJSON: toText(response.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"])
      if (response[name]) answer[name] = toText(response[name]);
    if (response.getTransports) answer.transports = response.getTransports();
    return {
      id: credential.id,
      rawId: toText(credential.rawId),
      type: credential.type,
      response: answer,
      clientExtensionResults: credential.getClientExtensionResults(),
    };
  }

  async function question(form) {
    const inPage = form.querySelector("script[type='application/json']");
    if (inPage) return JSON.parse(inPage.textContent);
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    return answer.json();
  }

  async function credentialFor(form) {
    const asked = await question(form);
    if (form.dataset.passkey !== "create")
      return navigator.credentials.get(withBytes(asked.request_options));
    const options = withBytes(asked.creation_options);
    // It must know its user and ask for finger or PIN: such a key does without the password.
    Object.assign(options.publicKey.authenticatorSelection, {
      residentKey: "required",
      requireResidentKey: true,
      userVerification: "required",
    });
    return navigator.credentials.create(options);
  }

  function say(form, what) {
    const said = form.querySelector("[data-passkey-said]");
    said.querySelectorAll("[data-when]").forEach((line) => (line.hidden = line.dataset.when !== what));
    said.hidden = false;
  }

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    const known = Boolean(window.PublicKeyCredential);
    if (known) form.querySelectorAll("button[hidden]").forEach((button) => (button.hidden = false));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!known) return say(form, "missing");
      try {
        const credential = await credentialFor(form);
        form.elements.credential.value = JSON.stringify(answerOf(credential));
      } catch {
        return say(form, "failed");
      }
      HTMLFormElement.prototype.submit.call(form);
    });
  });
})();
