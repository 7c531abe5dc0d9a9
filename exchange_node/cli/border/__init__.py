"""What is done at a border: papers, and the post that works with its line down."""
