// Pages work without this. With it, what is there to be copied has a button.
for (const line of document.querySelectorAll("pre.copy")) {
  if (!navigator.clipboard) break;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.addEventListener("click", () => {
    navigator.clipboard.writeText(line.textContent).then(
      () => {
        button.textContent = "Copied";
      },
      () => {
        getSelection()?.selectAllChildren(line);
      },
    );
  });
  line.after(button);
}
