// Streamlit has no translations: what it says in English in its own places is said in the reader's language here.
(() => {
  const words = new Map(Object.entries(WORDS));
  const named = NAMED;
  const ours = "[data-testid=stMarkdownContainer],[role=option],input,textarea,pre,code,script,style";
  const said = (text) => {
    const plain = text.trim();
    if (words.has(plain)) return text.replace(plain, words.get(plain));
    for (const [before, after, start, end] of named)
      if (plain.length > before.length + after.length && plain.startsWith(before) && plain.endsWith(after))
        return start + plain.slice(before.length, plain.length - after.length) + end;
    return text;
  };
  const attributes = ["aria-label", "title", "placeholder"];
  const attribute = (element, name) => {
    const text = element.getAttribute(name);
    if (!text) return;
    const now = said(text);
    if (now !== text) element.setAttribute(name, now);
  };
  const write = (node) => {
    const above = node.parentElement;
    if (!above || (above.closest(ours) && !above.closest("[data-testid=stTooltipContent]"))) return;
    const now = said(node.nodeValue);
    if (now !== node.nodeValue) node.nodeValue = now;
  };
  const walk = (root) => {
    if (root.nodeType === Node.TEXT_NODE) return write(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    for (const name of attributes) attribute(root, name);
    for (const one of root.querySelectorAll("[aria-label],[title],[placeholder]"))
      for (const name of attributes) attribute(one, name);
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) write(texts.currentNode);
  };
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach(walk);
      else if (change.type === "attributes") attribute(change.target, change.attributeName);
      else write(change.target);
    }
  }).observe(document, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: attributes,
  });
})();
